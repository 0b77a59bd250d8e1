module example.com/broken/catalog

go 1.25
