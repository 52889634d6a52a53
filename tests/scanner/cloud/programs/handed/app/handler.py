REGION = "eu-central-1"
