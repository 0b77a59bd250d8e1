// Package hyperv reads the PowerShell scripts that make virtual machines into the
// model of package deploy: those of Hyper-V and, for the cmdlet has the same name
// there, those of VMware's PowerCLI.
//
// A script is not run. Its commands are found by a scan that knows comments, strings
// and lines that go on, and a machine is told by New-VM with a parameter or another
// cmdlet that only one of the two has.
//
// Sources: Microsoft documentation, "Hyper-V module" (New-VM, Set-VMProcessor,
// New-VHD) and "about_Quoting_Rules"; VMware PowerCLI cmdlet reference, "New-VM".
package hyperv

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
)

// Scripts is the format of PowerShell scripts and modules that call New-VM.
var Scripts = &source.Format{Name: "PowerShell", Match: func(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return ext == ".ps1" || ext == ".psm1"
}, Read: read}

// maxWords is how many words of a script are looked at.
const maxWords = 100_000

// ofHyperV and ofPowerCLI are cmdlets and parameters that only the one has.
var (
	ofHyperV = wordSet("-memorystartupbytes -newvhdpath -newvhdsizebytes -novhd -vhdpath -bootdevice -switchname -generation " +
		"new-vhd set-vhd new-vmswitch set-vmprocessor set-vmmemory set-vmfirmware add-vmharddiskdrive add-vmdvddrive add-vmnetworkadapter set-vmkeyprotector enable-vmintegrationservice")
	ofPowerCLI = wordSet("-vmhost -datastore -resourcepool -vapp -oscustomizationspec -guestid -memorygb -numcpu -template connect-viserver new-oscustomizationspec get-vmhost get-datastore")
)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}

func read(f *source.File, out *deploy.Manifests) bool {
	if !strings.Contains(strings.ToLower(string(f.Text)), "new-vm") {
		return false
	}
	commands := scan(string(f.Text))
	hyperV, powerCLI := 0, 0
	var machines []command
	for _, c := range commands {
		for i, w := range c.words {
			name := strings.ToLower(w.text)
			if w.quoted || i > 0 && !strings.HasPrefix(name, "-") {
				continue
			}
			if ofHyperV[name] {
				hyperV++
			}
			if ofPowerCLI[name] {
				powerCLI++
			}
		}
		if strings.EqualFold(c.words[0].text, "New-VM") || strings.EqualFold(c.words[0].text, `Hyper-V\New-VM`) {
			machines = append(machines, c)
		}
	}
	id := deploy.OnHyperV
	switch {
	case len(machines) == 0 || hyperV == powerCLI:
		return false // a function of that name, or not told
	case powerCLI > hyperV:
		id = deploy.OnVSphere
	}
	for _, c := range machines[:min(len(machines), source.MaxObjects)] {
		name, at, known := c.name()
		p := f.Declare(out, id, "PowerShell", "New-VM", name, f.At(at.start, at.end))
		p.Evidence = f.At(c.words[0].start, c.words[0].end)
		if !known {
			p.Position = p.Evidence
		}
	}
	return true
}

// A command is the words of one call.
type command struct{ words []word }

type word struct {
	text       string
	start, end int
	quoted     bool
}

// name is that of the machine: what follows -Name, or the first argument.
func (c *command) name() (string, word, bool) {
	for i, w := range c.words[1:] {
		if strings.EqualFold(w.text, "-Name") && !w.quoted && i+2 < len(c.words) {
			return c.words[i+2].text, c.words[i+2], true
		}
	}
	if len(c.words) > 1 && (c.words[1].quoted || !strings.HasPrefix(c.words[1].text, "-")) && !strings.HasPrefix(c.words[1].text, "@") {
		return c.words[1].text, c.words[1], true
	}
	return "virtual machine", c.words[0], false
}

// scan finds the commands of a script. A backtick at the end of a line goes on in
// the next one; braces, brackets, pipes, semicolons and assignments part commands.
func scan(text string) []command {
	var list []command
	var now command
	count := 0
	flush := func() {
		if len(now.words) > 0 {
			list = append(list, now)
			now = command{}
		}
	}
	for i := 0; i < len(text) && count < maxWords; {
		c := text[i]
		switch {
		case strings.HasPrefix(text[i:], "<#"):
			i = after(text, i+2, "#>")
		case c == '#':
			i = after(text, i, "\n")
			flush()
		case strings.HasPrefix(text[i:], "@\"\n"), strings.HasPrefix(text[i:], "@\"\r\n"):
			i = after(text, i+2, "\n\"@")
		case strings.HasPrefix(text[i:], "@'\n"), strings.HasPrefix(text[i:], "@'\r\n"):
			i = after(text, i+2, "\n'@")
		case c == '`' && i+1 < len(text) && (text[i+1] == '\n' || text[i+1] == '\r'):
			for i++; i < len(text) && text[i] == '\r'; i++ {
			}
			i++
		case strings.IndexByte("\n;|&{}()=", c) >= 0:
			flush()
			i++
		case c == ' ' || c == '\t' || c == '\r' || c == ',':
			i++
		default:
			w := next(text, i)
			now.words = append(now.words, w)
			i = w.end
			count++
		}
	}
	flush()
	return list
}

// after is the offset behind the next occurrence, or the text's end.
func after(text string, from int, what string) int {
	if n := strings.Index(text[min(from, len(text)):], what); n >= 0 {
		return from + n + len(what)
	}
	return len(text)
}

// next reads a word: in quotes, or up to a blank or a character that parts.
func next(text string, start int) word {
	if q := text[start]; q == '"' || q == '\'' {
		for i := start + 1; i < len(text); i++ {
			switch {
			case text[i] == '`' && q == '"':
				i++
			case text[i] == q && i+1 < len(text) && text[i+1] == q:
				i++
			case text[i] == q:
				return word{text[start+1 : i], start, i + 1, true}
			}
		}
		return word{text[start+1:], start, len(text), true}
	}
	end := start + 1
	for end < len(text) && strings.IndexByte(" \t\r\n;|&{}()=,`\"'", text[end]) < 0 {
		end++
	}
	return word{text[start:end], start, end, false}
}
