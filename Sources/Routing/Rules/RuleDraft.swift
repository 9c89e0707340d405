/// Rules while they are compiled.
struct RuleDraft {
    let document: RuleDocument
    var problems: [RuleProblem] = []

    var facets: [Facet] = []
    private var facetNumbers: [Facet.Subject: Int] = [:]
    var steps: [RuleProgram.Step] = []
    var pools: [RuleProgram.Pool] = []
    var callers: [RuleProgram.Callers] = []
    var hours: [OpeningHours] = []
    var numbers: [E164: Int] = [:]
    /// In the order of their values of the facet `bnum`.
    var literals: [E164] = []
    /// Numbers that calls are asked about by name: queues, and what stands as `bnum`.
    var asked: Set<E164> = []
    var segments: [String: Int] = [:]
    var languages: [String: Int] = [:]
    var agentDays: [Int] = []
    var targetIDs: [String: Int] = [:]
    var extras: [String: [String: Int]] = [:]
    /// Names in `extradata` that stay the same for the whole of a call.
    var constants: Set<String> = []
    var queueTargetIDs: [E164: String] = [:]
    var shares: [Int: RuleProgram.Share] = [:]

    // What the names of the document stand for; nil where the definition was refused.
    var queueNames: [String: E164?] = [:]
    var targetNames: [String: E164?] = [:]
    var poolNames: [String: Int?] = [:]
    var hoursNames: [String: Int?] = [:]
    var listNames: [String: Int?] = [:]

    /// Words that are targets by themselves.
    static let words: Set<String> = ["owner", "last-agent", "account-queue", "disconnect", "default"]

    init(_ document: RuleDocument) { self.document = document }

    mutating func refuse(_ line: Int, _ reason: String) {
        problems.append(RuleProblem(file: document.file, line: line, reason: reason))
    }

    /// The number of a facet, which is made if need be.
    mutating func facet(_ subject: Facet.Subject, _ values: [String]) -> Int {
        if let number = facetNumbers[subject] { return number }
        let number = facets.count
        facets.append(Facet(subject: subject, values: values))
        facetNumbers[subject] = number
        return number
    }

    mutating func flag(_ subject: Facet.Subject) -> Int { facet(subject, ["no", "yes"]) }

    func number(of subject: Facet.Subject) -> Int? { facetNumbers[subject] }

    /// A condition on a facet.
    func condition(_ facet: Int, _ values: some Sequence<Int>) -> RuleProgram.Condition {
        RuleProgram.Condition(facet: facet, values: BitSet(size: facets[facet].values.count, values))
    }

    mutating func accountQueueFacet() -> Int { facet(.accountQueue, ["none", "another number"] + literals.map(\.text)) }

    mutating func bnumFacet() -> Int { facet(.bnum, ["another number"] + literals.map(\.text)) }
}
