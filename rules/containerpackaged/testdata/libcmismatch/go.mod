module example.test/libcmismatch

go 1.24
