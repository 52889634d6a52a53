"""Steps that an object's lifecycle does not have, and messages that come twice, at receiver interfaces."""
