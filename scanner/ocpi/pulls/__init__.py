"""A partner of ours whose lists the target pulls, and what is wrong with them."""
