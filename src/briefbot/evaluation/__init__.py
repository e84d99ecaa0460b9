"""How well questions are answered whose answers are known: reading them, asking them, judging, counting, drawing.

What asks is what answers everybody: nothing here ranks or decides by itself.
"""
