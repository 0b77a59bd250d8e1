package code

import "slices"

// linked are the import paths of all packages that a program is made of, sorted.
// whole is false where some of them are not at hand: then what these import is not
// known.
func (ld *checker) linked(main *listedPackage) (paths []string, whole bool) {
	whole = true
	seen := map[string]bool{}
	queue := []*listedPackage{main}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		for _, imp := range p.Imports {
			if imp == "C" {
				continue
			}
			imp = ld.mapped(p, imp)
			if seen[imp] {
				continue
			}
			seen[imp] = true
			q := ld.byPath[imp]
			if q == nil || q.Error != nil && len(q.GoFiles)+len(q.CgoFiles) == 0 {
				whole = false
				continue
			}
			queue = append(queue, q)
		}
	}
	for imp := range seen {
		paths = append(paths, imp)
	}
	slices.Sort(paths)
	return paths, whole
}
