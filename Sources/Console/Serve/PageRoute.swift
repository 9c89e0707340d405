import Operations

/// A page that can be asked for by GET.
struct PageRoute: Sendable {
    /// `/jobs/:id`
    let path: String
    /// The least role that sees it; refused to others, and hidden where pages link to it.
    let needs: OperatorRole
    let answer: @Sendable (ConsoleRequest) async throws -> Page

    init(_ path: String, needs: OperatorRole = .viewer, _ answer: @escaping @Sendable (ConsoleRequest) async throws -> Page) {
        self.path = path
        self.needs = needs
        self.answer = answer
    }
}

/// A form that is sent by POST and does something at once, without asking again: for what concerns only who sends it.
struct FormRoute: Sendable {
    let path: String
    let needs: OperatorRole
    let answer: @Sendable (ConsoleRequest) async throws -> Answer

    init(_ path: String, needs: OperatorRole = .viewer, _ answer: @escaping @Sendable (ConsoleRequest) async throws -> Answer) {
        self.path = path
        self.needs = needs
        self.answer = answer
    }
}

/// A part of the console: its pages, what can be done there, and what of it is kept up to date.
protocol ConsoleFeature: Sendable {
    static var pages: [PageRoute] { get }
    static var actions: [Action] { get }
    static var forms: [FormRoute] { get }
    static var fragments: [LiveFragment] { get }
}

extension ConsoleFeature {
    static var pages: [PageRoute] { [] }
    static var actions: [Action] { [] }
    static var forms: [FormRoute] { [] }
    static var fragments: [LiveFragment] { [] }
}
