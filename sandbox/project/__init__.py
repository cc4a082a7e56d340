"""The user's own SAM or CloudFormation template as the project file.

Given the path of a template and values for its parameters, gives a ``Project``: tables, functions and mappings as
requests with wire names, each with its line in the file; ``apply`` brings a running sandbox to it. It must not know
how an operation works: it speaks to the sandbox through its API alone.
"""
