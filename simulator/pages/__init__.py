"""One module per page: plain functions from a request to a response; fragments for htmx have templates that begin
with _.
"""
