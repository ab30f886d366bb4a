"""Files that pens, programs and people make: one small reader for each form.

A reader takes the content of a file and what to call it in an error message, and returns
`recording.Recording`s: what the pen drew, one line of handwriting each. `opening.recordings` finds
the reader that fits.
"""
