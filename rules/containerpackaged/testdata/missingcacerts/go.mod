module example.test/missingcacerts

go 1.24
