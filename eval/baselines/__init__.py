"""What Témoin is measured against: rivals, and degenerate systems that the figures must catch."""
