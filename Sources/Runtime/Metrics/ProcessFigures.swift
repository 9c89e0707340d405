import CoreMetrics
import Glibc

/// The figures of the process itself, under the names Prometheus' own client libraries use.
struct ProcessFigures: Sendable {
    /// Adds them to a registry; they are read from the kernel at each scrape.
    static func add(to registry: PrometheusRegistry) {
        registry.describe("process_cpu_seconds_total", "User and system CPU time of the process.")
        registry.describe("process_resident_memory_bytes", "Resident memory of the process.")
        registry.describe("process_open_fds", "Open file descriptors of the process.")
        registry.describe("process_start_time_seconds", "When the process started, in seconds since 1970.")
        let cpu = registry.makeFloatingPointCounter(label: "process_cpu_seconds_total", dimensions: [])
        let memory = registry.makeMeter(label: "process_resident_memory_bytes", dimensions: [])
        let descriptors = registry.makeMeter(label: "process_open_fds", dimensions: [])
        registry.makeMeter(label: "process_start_time_seconds", dimensions: []).set(Double(time(nil)))
        registry.onScrape {
            cpu.reset()
            cpu.increment(by: cpuSeconds())
            memory.set(Int64(residentBytes()))
            descriptors.set(Int64(openDescriptors()))
        }
    }

    private static func cpuSeconds() -> Double {
        Double(clock()) / 1_000_000  // POSIX sets CLOCKS_PER_SEC to a million
    }

    static func residentBytes() -> Int {
        guard let text = try? FileText.read("/proc/self/statm") else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openDescriptors() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder itself.
        return max(0, count - 3)
    }
}
