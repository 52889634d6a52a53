"""Resources of the provider aws-native under pulumi-aws's names, so that the same rules judge both."""
