"""From Pulumi resources to the Terraform plan that Checkov reads."""
