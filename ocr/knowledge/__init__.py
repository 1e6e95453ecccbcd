"""What is known about the world that a page speaks of: pure Python, standard library only.

Nothing here looks at a picture. Each module knows one thing (numbers of people, of organisations, dates,
regions, words of closed lists), says whether a text agrees with it, and puts a misread character right only
where exactly one text would. What was put right says so (`Corrected.is_repaired`).
"""
