# The stack of __main__.py once more, in HCL: names, values and references are the same.

resource "aws_kms_key" "main" {
  enable_key_rotation = true
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "kms:*", Resource = "*" }]
  })
}
resource "aws_kms_key" "weak" {
  description = "not rotated"
}
resource "aws_kms_alias" "main" {
  name          = "alias/ocpi"
  target_key_id = aws_kms_key.main.id
}

resource "aws_vpc" "ocpi" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.ocpi.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_subnet" "b" {
  vpc_id                  = aws_vpc.ocpi.id
  cidr_block              = "10.0.2.0/24"
  map_public_ip_on_launch = true
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.ocpi.id
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.ocpi.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_route_table_association" "b" {
  subnet_id      = aws_subnet.b.id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.ocpi.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "closed" {
  vpc_id      = aws_vpc.ocpi.id
  description = "of the service"
}
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.closed.id
  description       = "HTTPS from the network"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "10.0.0.0/16"
}
resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id       = aws_vpc.ocpi.id
  service_name = "com.amazonaws.eu-central-1.dynamodb"
}
resource "aws_flow_log" "ocpi" {
  vpc_id          = aws_vpc.ocpi.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.logs.arn
  iam_role_arn    = aws_iam_role.function.arn
}
resource "aws_network_acl" "ocpi" {
  vpc_id     = aws_vpc.ocpi.id
  subnet_ids = [aws_subnet.a.id]
}
resource "aws_network_acl_rule" "ssh" {
  network_acl_id = aws_network_acl.ocpi.id
  rule_number    = 100
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 22
  to_port        = 22
}
resource "aws_eip" "nat" {
  domain = "vpc"
}
resource "aws_nat_gateway" "nat" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.b.id
}

resource "aws_cloudwatch_log_group" "logs" {
  retention_in_days = 400
  kms_key_id        = aws_kms_key.main.arn
}
resource "aws_cloudwatch_log_group" "weak" {
  retention_in_days = 7
}
resource "aws_cloudwatch_log_metric_filter" "refused" {
  name           = "refused"
  log_group_name = aws_cloudwatch_log_group.logs.name
  pattern        = "401"
  metric_transformation {
    name      = "refused"
    namespace = "ocpi"
    value     = "1"
  }
}
resource "aws_cloudwatch_metric_alarm" "refused" {
  alarm_name          = "refused"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "refused"
  namespace           = "ocpi"
  period              = 60
  statistic           = "Sum"
  threshold           = 10
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_iam_role" "function" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "admin" {
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
resource "aws_iam_policy" "read" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["dynamodb:GetItem"], Resource = "arn:aws:dynamodb:eu-central-1:123456789012:table/cdrs" }]
  })
}
resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.function.name
  policy_arn = aws_iam_policy.read.arn
}
resource "aws_iam_user" "operator" {
  name = "operator"
}
resource "aws_iam_user_policy" "operator" {
  user = aws_iam_user.operator.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_lambda_function" "strong" {
  function_name                  = "service"
  role                           = aws_iam_role.function.arn
  handler                        = "app.main"
  runtime                        = "python3.13"
  filename                       = "service.zip"
  kms_key_arn                    = aws_kms_key.main.arn
  reserved_concurrent_executions = 5
  environment {
    variables = {
      TABLE = "cdrs"
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.a.id]
    security_group_ids = [aws_security_group.closed.id]
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.dead.arn
  }
}
resource "aws_lambda_function" "weak" {
  function_name = "weak"
  role          = aws_iam_role.function.arn
  handler       = "app.main"
  runtime       = "python3.8"
  filename      = "service.zip"
  environment {
    variables = {
      PLAIN = "value"
    }
  }
}
resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.strong.function_name
  principal     = "apigateway.amazonaws.com"
}
resource "aws_lambda_function_url" "open" {
  function_name      = aws_lambda_function.weak.function_name
  authorization_type = "NONE"
}

resource "aws_api_gateway_rest_api" "ocpi" {
  name = "ocpi"
}
resource "aws_api_gateway_resource" "cdrs" {
  rest_api_id = aws_api_gateway_rest_api.ocpi.id
  parent_id   = aws_api_gateway_rest_api.ocpi.root_resource_id
  path_part   = "cdrs"
}
resource "aws_api_gateway_request_validator" "all" {
  rest_api_id           = aws_api_gateway_rest_api.ocpi.id
  name                  = "all"
  validate_request_body = true
}
resource "aws_api_gateway_authorizer" "token" {
  rest_api_id    = aws_api_gateway_rest_api.ocpi.id
  name           = "token"
  authorizer_uri = aws_lambda_function.strong.invoke_arn
}
resource "aws_api_gateway_method" "open" {
  rest_api_id   = aws_api_gateway_rest_api.ocpi.id
  resource_id   = aws_api_gateway_resource.cdrs.id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "open" {
  rest_api_id             = aws_api_gateway_rest_api.ocpi.id
  resource_id             = aws_api_gateway_resource.cdrs.id
  http_method             = "GET"
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.strong.invoke_arn
}
resource "aws_api_gateway_deployment" "now" {
  rest_api_id = aws_api_gateway_rest_api.ocpi.id
}
resource "aws_api_gateway_stage" "live" {
  rest_api_id          = aws_api_gateway_rest_api.ocpi.id
  deployment_id        = aws_api_gateway_deployment.now.id
  stage_name           = "live"
  xray_tracing_enabled = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.logs.arn
    format          = "$context.requestId"
  }
}
resource "aws_api_gateway_stage" "bare" {
  rest_api_id   = aws_api_gateway_rest_api.ocpi.id
  deployment_id = aws_api_gateway_deployment.now.id
  stage_name    = "bare"
}
resource "aws_api_gateway_method_settings" "live" {
  rest_api_id = aws_api_gateway_rest_api.ocpi.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"
  settings {
    logging_level   = "INFO"
    metrics_enabled = true
  }
}
resource "aws_api_gateway_domain_name" "ocpi" {
  domain_name              = "ocpi.example.com"
  regional_certificate_arn = aws_acm_certificate.ocpi.arn
  security_policy          = "TLS_1_0"
}
resource "aws_apigatewayv2_api" "second" {
  name          = "second"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_stage" "second" {
  api_id = aws_apigatewayv2_api.second.id
  name   = "$default"
}
resource "aws_acm_certificate" "ocpi" {
  domain_name       = "ocpi.example.com"
  validation_method = "DNS"
}

resource "aws_wafv2_ip_set" "partners" {
  name               = "partners"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = ["198.51.100.0/24"]
}
resource "aws_wafv2_web_acl" "edge" {
  name  = "edge"
  scope = "REGIONAL"
  default_action {
    block {}
  }
  rule {
    name     = "known"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "known"
      sampled_requests_enabled   = false
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "edge"
    sampled_requests_enabled   = false
  }
}
resource "aws_wafv2_web_acl_association" "live" {
  resource_arn = aws_api_gateway_stage.live.arn
  web_acl_arn  = aws_wafv2_web_acl.edge.arn
}

resource "aws_s3_bucket" "files" {}
resource "aws_s3_bucket" "open" {}
resource "aws_s3_bucket_public_access_block" "files" {
  bucket                  = aws_s3_bucket.files.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_versioning" "files" {
  bucket = aws_s3_bucket.files.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
  bucket = aws_s3_bucket.files.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}
resource "aws_s3_bucket_logging" "files" {
  bucket        = aws_s3_bucket.files.id
  target_bucket = aws_s3_bucket.open.id
  target_prefix = "files/"
}
resource "aws_s3_bucket_policy" "open" {
  bucket = aws_s3_bucket.open.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_dynamodb_table" "cdrs" {
  name                        = "cdrs"
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
}
resource "aws_dynamodb_table" "weak" {
  name         = "weak"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_secretsmanager_secret" "partner" {
  name       = "partner"
  kms_key_id = aws_kms_key.main.arn
}
resource "aws_secretsmanager_secret" "weak" {
  name = "weak"
}
resource "aws_secretsmanager_secret_rotation" "partner" {
  secret_id           = aws_secretsmanager_secret.partner.id
  rotation_lambda_arn = aws_lambda_function.strong.arn
  rotation_rules {
    automatically_after_days = 30
  }
}
resource "aws_ssm_parameter" "plain" {
  name  = "plain"
  type  = "String"
  value = "a"
}
resource "aws_sns_topic" "alarms" {
  kms_master_key_id = aws_kms_key.main.id
}
resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = "*" }]
  })
}
resource "aws_sqs_queue" "dead" {
  sqs_managed_sse_enabled = false
}
resource "aws_sqs_queue_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }]
  })
}

resource "aws_lb" "front" {
  load_balancer_type = "application"
  subnets            = [aws_subnet.a.id, aws_subnet.b.id]
  security_groups    = [aws_security_group.closed.id]
}
resource "aws_lb_target_group" "front" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.ocpi.id
}
resource "aws_lb_listener" "plain" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.front.arn
  }
}
resource "aws_cloudtrail" "trail" {
  s3_bucket_name                = aws_s3_bucket.files.id
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  include_global_service_events = true
}
resource "aws_ecr_repository" "service" {
  name                 = "service"
  image_tag_mutability = "MUTABLE"
}
resource "aws_ecs_cluster" "service" {
  name = "service"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
resource "aws_db_instance" "main" {
  instance_class      = "db.t3.micro"
  engine              = "postgres"
  allocated_storage   = 20
  username            = "ocpi"
  publicly_accessible = true
  skip_final_snapshot = true
}
resource "aws_guardduty_detector" "main" {
  enable = true
}
resource "aws_efs_file_system" "weak" {
  encrypted = false
}
