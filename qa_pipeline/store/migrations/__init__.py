"""How the tables came to be, step by step. A published step is never edited; a new one is added.

Steps spell everything out and import nothing from the tables: those move on, a step stays what it was.
"""
