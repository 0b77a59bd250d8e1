package service

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
)

// NodeKind says what a node of a graph is.
type NodeKind string

// The kinds.
const (
	ServiceNode  NodeKind = "service"  // a service of this tree
	WorkloadNode NodeKind = "workload" // a workload that runs something else
	ExternalNode NodeKind = "external" // a host that no manifest of the tree defines
)

// A Node is a service or what services call.
type Node struct {
	// ID is unique in the graph: the service's name, the workload's Kind/name, the
	// host.
	ID   string
	Kind NodeKind
	// Service is set for services of the tree, Workload for other workloads.
	Service  *Service
	Workload *deploy.Workload
	// SharedBy are the services that call a node which is no service; there are at
	// least two, or none.
	SharedBy []string
}

// An Edge says that a service calls a node.
type Edge struct {
	From, To string // ids
	// Protocol is http, grpc, redis ... "" where it is not known.
	Protocol string
	// Host and Port are what is called, as the workload or the code gives it.
	Host, Port string
	// Call is where the code connects; it is not valid where only a variable that
	// the program reads names the host.
	Call finding.Position
	// API is what connects: grpc.NewClient.
	API string
	// Setting is the environment variable or flag that gives the address, Set where
	// a workload sets it.
	Setting string
	Set     finding.Position
	// Undeclared is true of a name that a cluster would resolve and that no manifest
	// of the tree defines.
	Undeclared bool
	// Circular is true where the called service calls back, over others or by
	// itself.
	Circular bool
}

// A Graph says who calls whom, as far as code and manifests tell.
type Graph struct {
	Nodes []*Node // sorted by id
	Edges []*Edge // sorted by their ends, then by place
}

// GraphOf makes the graph of the services of a tree: from the addresses to which
// their code connects, under each workload's environment and arguments, over the
// endpoints of the manifests, to the workloads behind them. Where code could not
// be followed, a variable that it reads and that names an endpoint makes an edge.
func GraphOf(services []*Service, m *deploy.Manifests, x *deploy.Index) *Graph {
	b := grapher{graph: &Graph{}, nodes: map[string]*Node{}, edges: map[edgeKey]*Edge{}, manifests: m, index: x, owner: map[*deploy.Workload]*Service{}}
	for _, s := range services {
		b.node(s.Name, ServiceNode).Service = s
		for _, j := range s.Workloads {
			b.owner[j.Workload] = s
		}
	}
	for _, s := range services {
		joins := s.Workloads
		if len(joins) == 0 {
			joins = []*WorkloadJoin{nil}
		}
		for _, j := range joins {
			b.calls(s, j)
		}
		for _, j := range s.Workloads {
			b.named(s, j)
		}
	}
	return b.finish()
}

type edgeKey struct {
	from, to, api string
	call          finding.Position
}

type grapher struct {
	graph     *Graph
	nodes     map[string]*Node
	edges     map[edgeKey]*Edge
	manifests *deploy.Manifests
	index     *deploy.Index
	owner     map[*deploy.Workload]*Service
}

func (b *grapher) node(id string, kind NodeKind) *Node {
	n := b.nodes[id]
	if n == nil {
		n = &Node{ID: id, Kind: kind}
		b.nodes[id] = n
	}
	return n
}

// calls adds what the code of a service connects to as a workload runs it; without
// one as it does by default.
func (b *grapher) calls(s *Service, j *WorkloadJoin) {
	settings := effects.Settings{}
	if j != nil {
		settings = s.Settings(j)
	}
	for _, e := range s.Contract.Of(effects.Dial) {
		if e.Reach == effects.OnRequest && j == nil {
			continue
		}
		for _, v := range []*effects.Value{e.Value("url"), e.Address(), e.Value("dsn")} {
			if v == nil {
				continue
			}
			for _, a := range v.Under(settings).Alternatives() {
				text, known := a.Default()
				if !known || text == "" {
					if text, known = a.Pattern(); !known || strings.HasPrefix(text, "$") || strings.HasPrefix(text, "*") {
						continue
					}
					text = strings.NewReplacer("*", "x", "$", "x").Replace(text) // of a path
				}
				for _, h := range deploy.Hosts(strings.TrimPrefix(strings.TrimPrefix(text, "dns:///"), "passthrough:///"), true) {
					edge := b.edge(s, j, h, e)
					if edge == nil {
						continue
					}
					edge.from(v, j)
				}
			}
		}
	}
}

// named adds the endpoints that variables of a container name and the program
// reads, where no call was followed to them.
func (b *grapher) named(s *Service, j *WorkloadJoin) {
	for _, e := range j.Container.Env {
		if e.From != "" {
			continue
		}
		for _, h := range deploy.Hosts(e.Value, true) {
			endpoint, l := b.index.Service(h.Name, j.Workload.Scope())
			if l.Answer != deploy.Found || endpoint == nil {
				continue
			}
			if has, _ := s.ReadsEnv(e.Name); has != image.Yes {
				continue
			}
			to := b.behind(endpoint, j.Workload)
			if to == "" || to == s.Name || slices.ContainsFunc(b.graph.Edges, func(o *Edge) bool { return o.From == s.Name && o.To == to }) {
				continue
			}
			edge := &Edge{From: s.Name, To: to, Protocol: protocolOf(h.Scheme), Host: h.Name, Port: h.Port, Setting: e.Name, Set: e.ValuePosition}
			b.graph.Edges = append(b.graph.Edges, edge)
		}
	}
}

// from notes what gives the address: of several settings one that the workload
// sets.
func (e *Edge) from(v *effects.Value, j *WorkloadJoin) {
	for _, source := range v.Sources() {
		name, ok := source.Name()
		if !ok || source.Kind == effects.Literal || e.Set.IsValid() {
			continue
		}
		var at finding.Position
		if j != nil {
			at = setAt(j.Container, name)
		}
		if e.Setting == "" || at.IsValid() {
			e.Setting, e.Set = name, at
		}
	}
}

// setAt is where a container sets a variable, or a flag.
func setAt(c *deploy.Container, name string) finding.Position {
	for _, e := range c.Env {
		if e.Name == name {
			return e.ValuePosition
		}
	}
	return finding.Position{}
}

func protocolOf(scheme string) string {
	if scheme == "https" {
		return "http"
	}
	return scheme
}

// edge adds a call, once for each place in the code and node.
func (b *grapher) edge(s *Service, j *WorkloadJoin, h deploy.Host, e *effects.Instance) *Edge {
	if addr, err := netip.ParseAddr(h.Name); err == nil && (addr.IsLoopback() || addr.IsUnspecified()) || h.Name == "localhost" {
		return nil // itself
	}
	edge := &Edge{From: s.Name, Host: h.Name, Port: h.Port, Protocol: protocolOf(h.Scheme), API: e.API, Call: e.At}
	if p := e.Value("protocol"); p != nil && p.Kind == effects.Literal && p.Text != "" {
		edge.Protocol = p.Text
	} else if strings.HasPrefix(e.API, "grpc.") {
		edge.Protocol = "grpc"
	} else if d, ok := e.Value("driver").Default(); ok && d != "" {
		edge.Protocol = d
	}
	if j != nil {
		switch endpoint, l := b.index.Service(h.Name, j.Workload.Scope()); {
		case endpoint != nil:
			edge.To = b.behind(endpoint, j.Workload)
		case l.Answer == deploy.Absent && !strings.Contains(strings.TrimSuffix(h.Name, "."), "."):
			edge.Undeclared = true
		}
	}
	if edge.To == "" {
		edge.To = h.Name
		if n := b.nodes[h.Name]; n == nil {
			b.node(h.Name, ExternalNode)
		}
	}
	if edge.To == s.Name {
		return nil
	}
	key := edgeKey{edge.From, edge.To, edge.API, edge.Call}
	if old := b.edges[key]; old != nil {
		return old
	}
	b.edges[key] = edge
	b.graph.Edges = append(b.graph.Edges, edge)
	return edge
}

// behind is the node of the workload to which an endpoint leads, as seen from
// another workload: that of its own variant and folder first.
func (b *grapher) behind(e *deploy.Endpoint, from *deploy.Workload) string {
	var found *deploy.Workload
	for _, w := range b.manifests.Workloads {
		if !slices.Contains(w.Services, e) {
			continue
		}
		if s := b.owner[w]; s != nil {
			return s.Name
		}
		if found == nil || w.Variant == from.Variant && found.Variant != from.Variant {
			found = w
		}
	}
	if found == nil {
		// An endpoint without pods of this tree: named by a selector that nothing
		// meets, or a host elsewhere.
		id := e.Name
		if e.ExternalName.Known() {
			id = e.ExternalName.Value
		}
		if b.nodes[id] == nil {
			b.node(id, ExternalNode)
		}
		return id
	}
	n := b.node(found.ID(), WorkloadNode)
	if n.Workload == nil {
		n.Workload = found
	}
	return n.ID
}

// finish sorts the graph and finds what is shared and circular.
func (b *grapher) finish() *Graph {
	g := b.graph
	for _, n := range b.nodes {
		g.Nodes = append(g.Nodes, n)
	}
	slices.SortFunc(g.Nodes, func(a, b *Node) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(g.Edges, func(a, b *Edge) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To), a.Call.Compare(b.Call), strings.Compare(a.API, b.API), a.Set.Compare(b.Set))
	})
	for _, n := range g.Nodes {
		var by []string
		for _, e := range g.Edges {
			if e.To == n.ID && !slices.Contains(by, e.From) {
				by = append(by, e.From)
			}
		}
		if n.Kind != ServiceNode && len(by) > 1 {
			n.SharedBy = by
		}
	}
	for _, e := range g.Edges {
		e.Circular = g.reaches(e.To, e.From)
	}
	return g
}

// reaches tells whether calls lead from one node to another.
func (g *Graph) reaches(from, to string) bool {
	seen := map[string]bool{from: true}
	queue := []string{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == to {
			return true
		}
		for _, e := range g.Edges {
			if e.From == at && !seen[e.To] {
				seen[e.To] = true
				queue = append(queue, e.To)
			}
		}
	}
	return false
}

// Cycles are the circles of calls, each once, as the edges from the service whose
// name comes first around to it. Of several circles through one edge the shortest
// is given.
func (g *Graph) Cycles() [][]*Edge {
	var out [][]*Edge
	seen := map[string]bool{}
	for _, e := range g.Edges {
		if !e.Circular {
			continue
		}
		path := append([]*Edge{e}, g.shortest(e.To, e.From)...)
		first := 0
		for i, p := range path {
			if p.From < path[first].From {
				first = i
			}
		}
		path = append(slices.Clone(path[first:]), path[:first]...)
		var key strings.Builder
		for _, p := range path {
			key.WriteString(p.From + "\x00")
		}
		if !seen[key.String()] {
			seen[key.String()] = true
			out = append(out, path)
		}
	}
	return out
}

// shortest are the edges of a shortest way between two nodes.
func (g *Graph) shortest(from, to string) []*Edge {
	by := map[string]*Edge{}
	queue := []string{from}
	for len(queue) > 0 && by[to] == nil && from != to {
		at := queue[0]
		queue = queue[1:]
		for _, e := range g.Edges {
			if e.From == at && e.To != from && by[e.To] == nil {
				by[e.To] = e
				queue = append(queue, e.To)
			}
		}
	}
	var path []*Edge
	for at := to; at != from && by[at] != nil; at = by[at].From {
		path = append([]*Edge{by[at]}, path...)
	}
	return path
}
