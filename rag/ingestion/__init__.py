"""From files to sentences: what changed (changes), what a file says (readers), its sentences (sentences)."""
