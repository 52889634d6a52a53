"""What the protocol witness sees of an OCPI platform.

One observation a subject: an `InterfaceSubject` (`versions`, `version_details` or a module, with version and side) or
an `EndpointSubject`. No fact holds personal data or a value of an OCPI object: pointers, counts, party ids and hashes.
`curl` is a command that repeats the request, with the token as a shell variable.

One module a topic; `catalog` lists every type.
"""
