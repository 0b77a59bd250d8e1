module example.test/floating

go 1.26.0
