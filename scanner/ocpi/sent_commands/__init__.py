"""Commands that the target sends to a platform of ours, because its operator was told to, and our results of them."""
