"""HTTP/1.1 as the gate speaks it: one request, one bounded answer, on connections to addresses that were approved."""
