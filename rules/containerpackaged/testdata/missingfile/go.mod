module example.test/missingfile

go 1.24
