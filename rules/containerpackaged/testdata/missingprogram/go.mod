module example.test/missingprogram

go 1.24
