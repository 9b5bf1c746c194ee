"""The independent readers, each in a process of its own."""
