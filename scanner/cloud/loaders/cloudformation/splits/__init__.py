"""What CloudFormation says inside one resource and Pulumi in several, or in another form."""
