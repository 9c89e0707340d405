/// Something that is so, under its name: the part `parts/facts` prints a list of them.
struct Fact: Sendable {
    let name: String
    let text: String
    var href: String?

    init(_ name: String, _ text: String, _ href: String? = nil) {
        self.name = name
        self.text = text
        self.href = href
    }
}
