"""The sections of a configuration as typed objects, which code is given and a person's file is checked against."""
