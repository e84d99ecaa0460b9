"""One module a file format; `briefbot.corpus.formats` is the table that names them."""
