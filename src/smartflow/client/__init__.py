"""What parts may know of each other: types, events, refusals and one Protocol per service. Routes to it end in `gateway/routes`."""
