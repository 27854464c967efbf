"""A small shop: the tables, schemas and resources of the tests of `padstone.resource`."""
