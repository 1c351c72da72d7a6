"""Planning as pure arithmetic: an instance goes in, an answer comes out; its way in is `engine`, and it calls nobody."""
