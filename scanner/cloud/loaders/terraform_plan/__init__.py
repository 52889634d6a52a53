"""A Terraform plan as `terraform show -json` writes it (Terraform, JSON Output Format)."""
