"""CloudFormation and SAM templates (AWS CloudFormation User Guide, template anatomy; AWS SAM specification)."""
