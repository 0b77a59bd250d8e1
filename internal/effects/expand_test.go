package effects

import "testing"

func TestExpand(t *testing.T) {
	for _, tt := range []struct {
		name string
		of   *Value
		want string // as Expression spells it
	}{
		{"nothing to put in", lit("/data"), `"/data"`},
		{"empty", lit(""), `""`},
		{"a name", lit("$HOME"), `env HOME`},
		{"between", lit("/a/$DIR_1/b"), `"/a/" + env DIR_1 + "/b"`},
		{"braces", lit("${DIR}x"), `env DIR + "x"`},
		{"two", lit("$A:${B}"), `env A + ":" + env B`},
		{"a lone sign", lit("cost: 5$"), `"cost: 5$"`},
		{"a sign before no name", lit("$/x"), `"$/x"`},
		{"in a choice", ChoiceOf(lit("$A"), lit("b")), `env A | "b"`},
		{"in a concatenation", ConcatOf(env("DIR"), lit("/$A")), `env DIR + "/" + env A`},
		{"what is not literal", env("A"), `env A`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Expand(tt.of).Expression(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if v := Expand(nil); v != nil {
		t.Errorf("nothing expands to %s", v.Key())
	}
}
