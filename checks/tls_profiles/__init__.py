"""TLS profiles: what a server may negotiate and show, as versioned files of facts with the sections they come from."""
