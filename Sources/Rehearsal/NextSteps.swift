import Foundation

/// What to look at once the morning is over and the hub stays up.
enum NextSteps {
    static func text(_ hub: RehearsedHub, _ console: RehearsedConsole) -> String {
        let instances = hub.allInstances.sorted { $0.number < $1.number }.map {
            "  http://127.0.0.1:\($0.port)/health/ready   and /metrics: call-sync \($0.number), process \($0.identifier)"
        }
        return """

            The hub stays up until Ctrl-C. Look at it in a browser:

              \(console.address)/   sign in as \(console.name) with \(console.password), made for this run

            Try, in another terminal:

              export PATH='\(ProgramFolder.ofThisProgram().path())':"$PATH"
              export TRUNKLINE_DATABASE_URL='\(hub.operatorURL)'
              trunkline jobs                       # the queue
              trunkline why +358501000001          # what happened to a number's calls
              trunkline settings list              # the rules, and trunkline settings set … to change one
              trunkline doctor                     # is everything well?
              psql "$TRUNKLINE_DATABASE_URL" -c 'SELECT * FROM report.daily_balance'
              kill -9 \(hub.allInstances.first.map { "\($0.identifier)" } ?? "PID")                      # and watch the other one take over

            \(instances.joined(separator: "\n"))
              \(hub.sandboxAdmin)/admin/verdict: what the sandbox thinks of it

            """
    }
}
