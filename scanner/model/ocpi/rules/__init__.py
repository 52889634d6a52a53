"""What the text of OCPI says beyond types: semantic rules, each with its section, and what they are judged with."""
