import ArgumentParser

@main
struct BenchRouter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-router",
        abstract:
            "Figures of the router: beside nginx with Lua, with ten million numbers, through outages. The last line is one JSON object; `short` names what falls short, and the end is not 0 then."
    )

    @Option(help: "Numbers of the large directory.")
    var numbers = 10_000_000

    @Option(help: "Seconds of each closed-loop round.")
    var seconds = 4.0

    @Option(help: "Rounds of each closed-loop measurement; medians are told.")
    var rounds = 5

    @Option(help: "Questions a second of the open loop.")
    var rate = 2000.0

    @Option(help: "Seconds for which PostgreSQL is stopped.")
    var outage = 60.0

    @Option(help: "Parts, separated by commas: nginx, large, database.")
    var parts = "nginx,large,database"

    @Flag(help: "Wait for a line on standard input before each part is measured, after it was prepared.")
    var waits = false

    func run() async throws {
        var figures = Figures()
        let plan = Plan(numbers: numbers, seconds: seconds, rounds: rounds, rate: rate, outage: outage, waits: waits)
        let wanted = Set(parts.split(separator: ",").map(String.init))
        if wanted.contains("nginx") { try await BesideNginx(plan: plan).run(&figures) }
        if !wanted.isDisjoint(with: ["large", "database"]) { try await LargeDirectory(plan: plan, parts: wanted).run(&figures) }
        print(figures.json)
        if figures.isShort { throw ExitCode.failure }
    }
}

/// What is measured, and how long.
struct Plan: Sendable {
    var numbers: Int
    var seconds: Double
    var rounds: Int
    var rate: Double
    var outage: Double
    var waits: Bool

    func ready(_ part: String) {
        guard waits else { return }
        Report.say("ready to measure: \(part)")
        _ = readLine()
    }
}
