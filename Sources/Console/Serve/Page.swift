import HTTPTypes

/// What a page consists of; the frame with the navigation goes around it.
struct Page: Sendable {
    var title: String
    var section: Section?
    /// Path of the template below `Templates`, without its ending.
    var template: String
    /// What the template names: a struct of the page's own.
    var model: any Sendable
    /// The way up to the section's first page.
    var trail: [Link] = []
    var status: HTTPResponse.Status = .ok

    init(
        _ title: String, in section: Section?, template: String, trail: [Link] = [], status: HTTPResponse.Status = .ok,
        model: any Sendable
    ) {
        self.title = title
        self.section = section
        self.template = template
        self.trail = trail
        self.status = status
        self.model = model
    }
}

/// Some words that lead somewhere.
struct Link: Sendable, Equatable {
    let text: String
    let href: String

    init(_ text: String, _ href: String) {
        self.text = text
        self.href = href
    }
}

/// What a route answers.
enum Answer: Sendable {
    case page(Page)
    /// Go there by GET, and show these words on top.
    case goTo(String, notice: String? = nil)
}
