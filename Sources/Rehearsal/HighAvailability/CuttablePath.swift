/// The ways from a second machine's programs to each of the three servers. Each can be cut so that neither end is told: nothing is
/// closed, nothing is refused, nothing arrives.
protocol CuttablePath: Sendable {
    /// What makes the cut, for people and for the last line.
    var means: String { get }

    /// Where these programs run and how they reach the servers.
    var site: ProgramSite { get }

    func cut(node: Int) async throws
    func mend(node: Int) async throws
    func remove() async
}
