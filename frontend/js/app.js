// Everything small that helps a page; each module starts itself where it is asked for.
