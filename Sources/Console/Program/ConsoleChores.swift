import Logging
import ServiceLifecycle

/// Takes away what is past its time: sessions, sign-ins under way, addresses that guessed.
struct ConsoleChores: Service {
    let services: ConsoleServices

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await once()
                try await Task.sleep(for: .seconds(600))
            }
        }
    }

    func once() async {
        do {
            try await services.sessions.forget()
            try await SignInStore(database: services.acting).forget()
            try await OpenIDStore(database: services.acting).forget()
        } catch {
            services.logger.warning("Old sessions could not be taken away", metadata: ["error": "\(error)"])
        }
    }
}
