"""Commands that we send as an eMSP: an operator names a partner that runs Charge Points, and what they are to do."""
