import Foundation
import Synchronization

/// Recordings and transcripts.
extension EnreachCloud {
    func recording(_ text: String) throws(EnreachFailure) -> SandboxResponse {
        guard let id = UUID(uuidString: text), state.withLock({ $0.recordings.contains(id) }) else {
            throw EnreachFailure(404, "The recording was not found.")
        }
        var json = JSONBytes()
        json.object { json in
            json.key("Id")
            json.value(id)
            json.key("URL")
            json.value("recordings/\(text)?token=\(token(id))")
        }
        return SandboxResponse(json: json)
    }

    /// The sound itself: the token alone opens it.
    func recordingFile(_ asked: EnreachRequest, id text: String) throws(EnreachFailure) -> SandboxResponse {
        guard let id = UUID(uuidString: text), asked.parameters["token"] == token(id) else {
            throw EnreachFailure(401, "The token is not valid.")
        }
        let silence: [UInt8] = [0xFF, 0xFB, 0x90, 0x64] + Array(repeating: 0, count: 413)
        return SandboxResponse(status: 200, headers: ["Content-Type": "audio/mpeg"], body: silence)
    }

    func transcript(_ text: String) throws(EnreachFailure) -> SandboxResponse {
        guard let id = UUID(uuidString: text) else { throw EnreachFailure(404, "The transcript was not found.") }
        let polls = state.withLock { state -> Int? in
            guard state.transcripts.contains(id) else { return nil }
            state.transcriptPolls[id, default: 0] += 1
            return state.transcriptPolls[id]
        }
        guard let polls else { throw EnreachFailure(404, "The transcript was not found.") }
        let done = polls > configuration.transcriptPolls
        var json = JSONBytes()
        json.object { json in
            json.key("TranscriptId")
            json.value(id)
            json.key("TranscriptStatus")
            json.value(done ? "Completed" : "Pending")
            json.key("Text")
            json.value(done ? "Agent: Good morning. Customer: Good morning, it is about my order." : nil)
        }
        return SandboxResponse(json: json)
    }

    private func token(_ id: UUID) -> String {
        var generator = SeededGenerator(seed: configuration.seed, purpose: id.uuidString)
        return String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
    }
}
