"""Who is taught what, when: people, places, programmes, groups, evenings, reading."""
