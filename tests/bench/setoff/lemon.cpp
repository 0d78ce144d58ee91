// Solves a network by LEMON, the graph library in C++ of the COIN-OR project.
//   lemon FILE simplex|scaling RUNS
// FILE, in this machine's byte order: int32 participants, int32 edges, then columns: from (int32),
// to (int32), cap (float64), weight (float64). Prints one object in JSON.
// What is timed begins with the graph in memory and ends with the optimum: LEMON's own copy of the
// graph counts, as ours does; reading the file does not.
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

typedef lemon::SmartDigraph Graph;
typedef long long Number;

static double cpuMillis() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

template <typename T>
static std::vector<T> column(FILE *file, int32_t length) {
  std::vector<T> values(length);
  if (std::fread(values.data(), sizeof(T), length, file) != (size_t)length) std::exit(3);
  return values;
}

template <typename Solver>
static Number solve(const Graph &graph, const Graph::ArcMap<Number> &cap,
                    const Graph::ArcMap<Number> &cost, const Graph::NodeMap<Number> &supply,
                    double &millis) {
  const double start = cpuMillis();
  Solver solver(graph);
  solver.upperMap(cap).costMap(cost).supplyMap(supply);
  const bool found = solver.run() == Solver::OPTIMAL;
  millis = cpuMillis() - start;
  if (!found) std::exit(4);
  return solver.template totalCost<Number>();
}

int main(int count, char **words) {
  if (count != 4) return 2;
  FILE *file = std::fopen(words[1], "rb");
  if (file == NULL) return 3;
  const std::vector<int32_t> head = column<int32_t>(file, 2);
  const int32_t edges = head[1];
  const std::vector<int32_t> from = column<int32_t>(file, edges), to = column<int32_t>(file, edges);
  const std::vector<double> caps = column<double>(file, edges), weights = column<double>(file, edges);
  std::fclose(file);

  Graph graph;
  graph.reserveNode(head[0]);
  graph.reserveArc(edges);
  for (int32_t i = 0; i < head[0]; i += 1) graph.addNode();
  Graph::ArcMap<Number> cap(graph), cost(graph);
  Graph::NodeMap<Number> supply(graph, 0);
  Number all = 0;
  for (int32_t i = 0; i < edges; i += 1) {
    const Graph::Arc arc = graph.addArc(graph.nodeFromId(from[i]), graph.nodeFromId(to[i]));
    cap[arc] = (Number)caps[i];
    cost[arc] = (Number)weights[i];
    supply[graph.source(arc)] += cap[arc];
    supply[graph.target(arc)] -= cap[arc];
    all += cap[arc] * cost[arc];
  }

  const bool simplex = std::strcmp(words[2], "simplex") == 0;
  const int runs = std::atoi(words[3]);
  Number left = 0;
  std::printf("{\"cpuMillis\":[");
  for (int run = 0; run < runs; run += 1) {
    double millis = 0;
    left = simplex ? solve<lemon::NetworkSimplex<Graph, Number, Number> >(graph, cap, cost, supply, millis)
                   : solve<lemon::CostScaling<Graph, Number, Number> >(graph, cap, cost, supply, millis);
    std::printf("%s%.3f", run == 0 ? "" : ",", millis);
  }
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  // A number of JavaScript might not hold the total.
  std::printf("],\"total\":\"%lld\",\"peakMiB\":%.1f}\n", all - left, usage.ru_maxrss / 1024.0);
  return 0;
}
