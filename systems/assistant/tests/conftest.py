"""What the tests of this system share. The rest comes from Padstone's plugin."""
